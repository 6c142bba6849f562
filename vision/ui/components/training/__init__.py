"""What every tab's training has: its panel, forks, luck, and the model it makes."""
