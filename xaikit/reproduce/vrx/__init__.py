"""VRX's tables and figures: ``explaining`` (figures 3 to 6) stands on one ``bench``; ``pose_bias`` (table 2,
figure 9) trains networks of its own.
"""
