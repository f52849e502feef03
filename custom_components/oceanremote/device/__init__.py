"""One device at run time: session, state, description, commands."""
