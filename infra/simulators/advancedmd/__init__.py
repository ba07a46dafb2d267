"""AdvancedMD as its documentation describes it, for running and testing without it.

Two-step sign-in, `ppmdmsg` in XML and JSON, the REST scheduler, limits per office key and minute, a clock that can be
moved, faults on demand, and a log of all calls. What the documentation leaves open is a labelled switch
(`switches.py`). `python -m infra.simulators.advancedmd` runs it by itself.
"""
