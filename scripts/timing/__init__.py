"""Times requests over HTTP, and where in the instance their time goes."""
