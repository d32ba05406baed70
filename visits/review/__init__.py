"""From candidates to records: triage by rule, decisions by people, and taking a whole run back."""
