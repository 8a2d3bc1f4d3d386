"""What the app adds to the registries of the apps below it, part by part."""
