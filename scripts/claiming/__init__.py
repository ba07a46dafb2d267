"""The claims of many on few, under faults: raced, audited, and their history judged; `scripts/bench claims` runs it."""
