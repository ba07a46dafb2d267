"""What CareSlot runs on: AWS resources, and their embedded stand-ins for one laptop."""
