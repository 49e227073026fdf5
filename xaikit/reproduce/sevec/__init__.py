"""SeVec's tables and figures: the paper's numbers beside ours."""
