"""The outside systems, for running and testing without them: each speaks the wire format of the real one."""
