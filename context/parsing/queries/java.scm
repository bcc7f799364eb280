; Definitions.
(class_declaration name: (identifier) @name) @definition.class
(record_declaration name: (identifier) @name) @definition.class
(interface_declaration name: (identifier) @name) @definition.interface
(annotation_type_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(method_declaration name: (identifier) @name) @definition.method
(constructor_declaration name: (identifier) @name) @definition.method
(compact_constructor_declaration name: (identifier) @name) @definition.method
(field_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.field
(constant_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.constant
(enum_constant name: (identifier) @name) @definition.constant

; References: what is called, made, imported, derived from, annotated with, and named as a type.
(method_invocation name: (identifier) @reference)
(object_creation_expression type: (type_identifier) @reference)
(object_creation_expression type: (generic_type (type_identifier) @reference))
(import_declaration (scoped_identifier name: (identifier) @reference))
(superclass (type_identifier) @reference)
(super_interfaces (type_list (type_identifier) @reference))
(marker_annotation name: (identifier) @reference)
(annotation name: (identifier) @reference)
(formal_parameter type: (type_identifier) @reference)
(local_variable_declaration type: (type_identifier) @reference)
(field_declaration type: (type_identifier) @reference)
(method_declaration type: (type_identifier) @reference)
(type_arguments (type_identifier) @reference)

; Imports.
(import_declaration [(scoped_identifier) (identifier)] @import)
