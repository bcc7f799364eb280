; Definitions. A namespace without braces holds the rest of its file, which its node does not: so it is none.
(namespace_definition name: (namespace_name) @name body: (_)) @definition.module
(class_declaration name: (name) @name) @definition.class
(interface_declaration name: (name) @name) @definition.interface
(trait_declaration name: (name) @name) @definition.class
(enum_declaration name: (name) @name) @definition.enum
(enum_case name: (name) @name) @definition.constant
(function_definition name: (name) @name) @definition.function
(method_declaration name: (name) @name) @definition.method
(property_declaration (property_element name: (variable_name (name) @name))) @definition.field
(const_declaration (const_element . (name) @name)) @definition.constant

; References: what is called, made, derived from, mixed in, annotated with, and named as a type.
(function_call_expression function: (name) @reference)
(function_call_expression function: (qualified_name (name) @reference))
(member_call_expression name: (name) @reference)
(nullsafe_member_call_expression name: (name) @reference)
(scoped_call_expression name: (name) @reference)
(scoped_call_expression scope: (name) @reference)
(class_constant_access_expression . (name) @reference)
(object_creation_expression (name) @reference)
(object_creation_expression (qualified_name (name) @reference))
(base_clause (name) @reference)
(base_clause (qualified_name (name) @reference))
(class_interface_clause (name) @reference)
(class_interface_clause (qualified_name (name) @reference))
(use_declaration (name) @reference)
(attribute (name) @reference)
(named_type (name) @reference)
(named_type (qualified_name (name) @reference))
(namespace_use_clause (name) @reference)
(namespace_use_clause (qualified_name (name) @reference))

; Imports.
(namespace_use_declaration (namespace_use_clause . [(name) (qualified_name)] @import))
(namespace_use_declaration body: (namespace_use_group)) @import
(require_expression (string (string_content) @import))
(require_once_expression (string (string_content) @import))
(include_expression (string (string_content) @import))
(include_once_expression (string (string_content) @import))
(require_expression (binary_expression right: (string (string_content) @import)))
(require_once_expression (binary_expression right: (string (string_content) @import)))
(include_expression (binary_expression right: (string (string_content) @import)))
(include_once_expression (binary_expression right: (string (string_content) @import)))
