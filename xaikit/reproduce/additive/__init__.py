"""Tables and figures of the additive explainer."""
