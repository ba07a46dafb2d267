"""The embedded stand-in for AWS: everything that the deployed application finds around it, on one laptop."""
