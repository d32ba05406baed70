from .persons import Cast


def find(cast: Cast) -> None:
    return None
