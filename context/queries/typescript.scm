; Definitions.
(function_declaration name: (identifier) @name) @definition.function
(generator_function_declaration name: (identifier) @name) @definition.function
(function_signature name: (identifier) @name) @definition.function
(class_declaration name: (type_identifier) @name) @definition.class
(abstract_class_declaration name: (type_identifier) @name) @definition.class
(interface_declaration name: (type_identifier) @name) @definition.interface
(type_alias_declaration name: (type_identifier) @name) @definition.type
(enum_declaration name: (identifier) @name) @definition.enum
(internal_module name: (identifier) @name) @definition.module
(method_definition name: [(property_identifier) (private_property_identifier)] @name) @definition.method
(method_signature name: (property_identifier) @name) @definition.method
(abstract_method_signature name: (property_identifier) @name) @definition.method
(public_field_definition name: (property_identifier) @name
  value: [(arrow_function) (function_expression)] @body_of) @definition.method
(variable_declaration (variable_declarator name: (identifier) @name
  value: [(arrow_function) (function_expression) (generator_function)] @body_of)) @definition.function
(lexical_declaration (variable_declarator name: (identifier) @name
  value: [(arrow_function) (function_expression) (generator_function)] @body_of)) @definition.function
(variable_declarator name: (identifier) @name value: (class) @body_of) @definition.class
(assignment_expression left: (member_expression property: (property_identifier) @name)
  right: [(arrow_function) (function_expression) (generator_function)] @body_of) @definition.function
(pair key: (property_identifier) @name
  value: [(arrow_function) (function_expression) (generator_function)] @body_of) @definition.method
(program (lexical_declaration (variable_declarator name: (identifier) @name
  value: [(object) (array) (string) (template_string) (number) (regex) (true) (false) (new_expression)
          (unary_expression) (binary_expression) (as_expression) (satisfies_expression)])) @definition.constant)
(program (export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @name
  value: [(object) (array) (string) (template_string) (number) (regex) (true) (false) (new_expression)
          (unary_expression) (binary_expression) (as_expression) (satisfies_expression)
          (call_expression) (identifier)])) @definition.constant))

; References: what is called, made, imported, derived from, and named as a type.
(call_expression function: (identifier) @reference)
(call_expression function: (member_expression property: (property_identifier) @reference))
(new_expression constructor: (identifier) @reference)
(new_expression constructor: (member_expression property: (property_identifier) @reference))
(import_specifier name: (identifier) @reference)
(import_clause (identifier) @reference)
(export_specifier name: (identifier) @reference)
(extends_clause value: (identifier) @reference)
(type_annotation (type_identifier) @reference)
(type_arguments (type_identifier) @reference)
(implements_clause (type_identifier) @reference)
(extends_type_clause (type_identifier) @reference)
(decorator (identifier) @reference)
