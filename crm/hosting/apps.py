from django.apps import AppConfig


class HostingConfig(AppConfig):
    name = "crm.hosting"
    label = "hosting"
