; Definitions that are TypeScript's alone: the rest is in ecmascript.scm.
(function_signature name: (identifier) @name) @definition.function
(class_declaration name: (type_identifier) @name) @definition.class
(abstract_class_declaration name: (type_identifier) @name) @definition.class
(interface_declaration name: (type_identifier) @name) @definition.interface
(type_alias_declaration name: (type_identifier) @name) @definition.type
(enum_declaration name: (identifier) @name) @definition.enum
(internal_module name: (identifier) @name) @definition.module
(method_signature name: (property_identifier) @name) @definition.method
(abstract_method_signature name: (property_identifier) @name) @definition.method
(public_field_definition name: (property_identifier) @name
  value: [(arrow_function) (function_expression)] @body_of) @definition.method
(program (lexical_declaration (variable_declarator name: (identifier) @name
  value: [(object) (array) (string) (template_string) (number) (regex) (true) (false) (new_expression)
          (unary_expression) (binary_expression) (as_expression) (satisfies_expression)])) @definition.constant)
(program (export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @name
  value: [(object) (array) (string) (template_string) (number) (regex) (true) (false) (new_expression)
          (unary_expression) (binary_expression) (as_expression) (satisfies_expression)
          (call_expression) (identifier)])) @definition.constant))

; References: what is derived from, and named as a type.
(extends_clause value: (identifier) @reference)
(type_annotation (type_identifier) @reference)
(type_arguments (type_identifier) @reference)
(implements_clause (type_identifier) @reference)
(extends_type_clause (type_identifier) @reference)
(decorator (identifier) @reference)

; Imports.
(import_require_clause source: (string (string_fragment) @import))
