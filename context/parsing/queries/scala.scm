; Definitions.
(package_object name: (identifier) @name) @definition.class
(object_definition name: (identifier) @name) @definition.class
(class_definition name: (identifier) @name) @definition.class
(trait_definition name: (identifier) @name) @definition.interface
(enum_definition name: (identifier) @name) @definition.enum
(simple_enum_case name: (identifier) @name) @definition.constant
(full_enum_case name: (identifier) @name) @definition.constant
(function_definition name: [(identifier) (operator_identifier)] @name) @definition.function
(function_declaration name: [(identifier) (operator_identifier)] @name) @definition.function
(extension_definition parameters: (parameters (parameter type: (type_identifier) @container))
  body: (function_definition name: (_) @name) @definition.function)
(extension_definition parameters: (parameters (parameter type: (generic_type type: (type_identifier) @container)))
  body: (function_definition name: (_) @name) @definition.function)
(given_definition name: (identifier) @name) @definition.constant
(type_definition name: (type_identifier) @name) @definition.type
(compilation_unit (val_definition pattern: (identifier) @name) @definition.constant)
(template_body (val_definition pattern: (identifier) @name) @definition.field)
(template_body (var_definition pattern: (identifier) @name) @definition.field)
(template_body (val_declaration name: (identifier) @name) @definition.field)

; References: what is called, made, derived from, and named as a type.
(call_expression function: (identifier) @reference)
(call_expression function: (field_expression field: (identifier) @reference))
(call_expression function: (generic_function function: (identifier) @reference))
(call_expression function: (generic_function function: (field_expression field: (identifier) @reference)))
(instance_expression (type_identifier) @reference)
(instance_expression (generic_type type: (type_identifier) @reference))
(extends_clause (type_identifier) @reference)
(extends_clause (generic_type type: (type_identifier) @reference))
(parameter type: (type_identifier) @reference)
(class_parameter type: (type_identifier) @reference)
(function_definition return_type: (type_identifier) @reference)
(function_declaration return_type: (type_identifier) @reference)
(generic_type type: (type_identifier) @reference)
(type_arguments (type_identifier) @reference)
(annotation name: (type_identifier) @reference)
(import_declaration path: (identifier) @reference .)
(namespace_selectors (identifier) @reference)

; Imports: the whole statement.
(import_declaration) @import
