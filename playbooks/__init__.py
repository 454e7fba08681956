"""Plans, scenarios and territories: data a coordinator can read and change."""
