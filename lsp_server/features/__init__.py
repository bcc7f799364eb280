"""How does an editor ask? One file per LSP feature; together with `protocol`, `documents` and `convert` the only LSP code."""
