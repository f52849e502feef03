"""What browsers ask for beside the devices' own route."""
