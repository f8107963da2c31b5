"""Where the apps meet: navigation, home, search, schedules, health, demo. Nothing imports it."""
