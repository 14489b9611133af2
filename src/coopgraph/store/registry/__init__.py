"""Store registry: which store stands for which release, and how one is opened."""
