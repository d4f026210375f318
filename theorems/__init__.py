"""What is claimed: the theorems of the lecture, as statements that `backproof.verify` checks and `backproof.reports` shows."""
