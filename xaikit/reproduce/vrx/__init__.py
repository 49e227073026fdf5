"""VRX's tables and figures: ``explaining`` (figures 3 to 6), ``pose_bias`` (table 2, figure 9); most stand on one ``bench``."""
