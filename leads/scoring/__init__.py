"""How likely a lead is to be qualified, with reasons: what was learnt, and how that becomes points. Pure."""
