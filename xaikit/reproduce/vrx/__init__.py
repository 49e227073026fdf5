"""VRX's tables and figures: ``explaining`` (figures 3 to 6); all stand on one ``bench``."""
