"""From the repository to a running stage: package, verify, deploy, roll back."""
