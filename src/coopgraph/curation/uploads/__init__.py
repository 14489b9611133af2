"""Documents that strangers send: checked in a process of their own, kept nowhere."""
