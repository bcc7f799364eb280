; References in JSX: the components that are rendered. Added to JavaScript's and TSX's own query.
(jsx_opening_element name: (identifier) @reference)
(jsx_self_closing_element name: (identifier) @reference)
