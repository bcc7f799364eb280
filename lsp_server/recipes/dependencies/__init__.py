"""The version of one dependency, in every manifest that names it."""
