"""Writers: outline and dialogue out of sources, with a language model or without one."""
