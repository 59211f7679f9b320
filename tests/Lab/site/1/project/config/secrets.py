import json

from django.core.exceptions import ImproperlyConfigured


def read_secrets(path, keys):
    """The secrets by key. A message says which key is wrong, never what is in the file."""
    try:
        secrets = json.loads(path.read_text())
    except FileNotFoundError:
        raise ImproperlyConfigured(f"{path} is missing. It holds {', '.join(keys)}.") from None
    except ValueError:
        raise ImproperlyConfigured(f"{path} is not JSON.") from None
    missing = [key for key in keys if not isinstance(secrets, dict) or not secrets.get(key)]
    if missing:
        raise ImproperlyConfigured(f"{path} has no {', '.join(missing)}.")
    return secrets
