"""What every package may use: constants, errors, access rules, durable writes."""
