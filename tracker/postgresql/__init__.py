"""Django's PostgreSQL backend with server-side binding that bears the history's context statements."""
