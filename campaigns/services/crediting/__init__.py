"""From touches and orders to credits: who brought which fen, under each of the five models."""
