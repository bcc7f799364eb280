; Definitions that are JavaScript's alone: the rest is in ecmascript.scm.
(class_declaration name: (identifier) @name) @definition.class
(field_definition property: (property_identifier) @name
  value: [(arrow_function) (function_expression)] @body_of) @definition.method
(program (lexical_declaration (variable_declarator name: (identifier) @name
  value: [(object) (array) (string) (template_string) (number) (regex) (true) (false) (new_expression)
          (unary_expression) (binary_expression)])) @definition.constant)
(program (export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @name
  value: [(object) (array) (string) (template_string) (number) (regex) (true) (false) (new_expression)
          (unary_expression) (binary_expression) (call_expression) (identifier)])) @definition.constant))

; References: what is derived from.
(class_heritage (identifier) @reference)
