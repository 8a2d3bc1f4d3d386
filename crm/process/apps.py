from django.apps import AppConfig


class ProcessConfig(AppConfig):
    name = "crm.process"
    label = "process"
    verbose_name = "Process"
