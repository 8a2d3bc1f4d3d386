"""Several files in one form field."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from activities.services.notes import MAX_FILE_SIZE, safe_name


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Gives a list of files, none of them too large."""

    widget = ManyFilesInput
    default_error_messages = {"large": _("“%(name)s” is larger than 25 MB. Send a smaller file.")}

    def clean(self, data: Any, initial: Any = None) -> Any:
        given: Sequence[Any] = data if isinstance(data, (list, tuple)) else [data]
        files = [super(FilesField, self).clean(one, initial) for one in given if one]
        if not files and self.required:
            super().clean(None, initial)
        for file in files:
            self._check_size(file)
        return files

    def _check_size(self, file: File[bytes]) -> None:
        if file.size > MAX_FILE_SIZE:
            raise forms.ValidationError(
                self.error_messages["large"], "large", params={"name": safe_name(file.name or "")}
            )
