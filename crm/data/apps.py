from django.apps import AppConfig


class DataConfig(AppConfig):
    name = "crm.data"
    label = "data"
    verbose_name = "Data"
