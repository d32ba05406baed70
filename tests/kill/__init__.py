"""SIGKILL to the parts of a running tracker while it loads; `python -m tests.kill`, short in tests/test_killed.py."""
