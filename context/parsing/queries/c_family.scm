; What C and C++ have in common. Definitions: `@declarator` holds the name, which context/parsing/declarators.py finds.
(function_definition declarator: (_) @declarator) @definition.function
(translation_unit (declaration declarator: (_) @declarator) @definition.constant)
(preproc_ifdef (declaration declarator: (_) @declarator) @definition.constant)
(preproc_if (declaration declarator: (_) @declarator) @definition.constant)
(preproc_else (declaration declarator: (_) @declarator) @definition.constant)
(declaration_list (declaration declarator: (_) @declarator) @definition.constant)
(linkage_specification (declaration declarator: (_) @declarator) @definition.constant)
(struct_specifier name: (type_identifier) @name body: (_)) @definition.class
(union_specifier name: (type_identifier) @name body: (_)) @definition.class
(enum_specifier name: (type_identifier) @name body: (_)) @definition.enum
(enumerator name: (identifier) @name) @definition.constant
(type_definition type: [(primitive_type) (sized_type_specifier) (type_identifier) (struct_specifier !body)
  (union_specifier !body) (enum_specifier !body)] declarator: (_) @declarator) @definition.type
(type_definition type: (struct_specifier name: (_) body: (_)) declarator: (_) @declarator @definition.type)
(type_definition type: (union_specifier name: (_) body: (_)) declarator: (_) @declarator @definition.type)
(type_definition type: (enum_specifier name: (_) body: (_)) declarator: (_) @declarator @definition.type)
(type_definition type: (struct_specifier !name) declarator: (type_identifier) @name) @definition.class
(type_definition type: (union_specifier !name) declarator: (type_identifier) @name) @definition.class
(type_definition type: (enum_specifier !name) declarator: (type_identifier) @name) @definition.enum
(preproc_def name: (identifier) @name value: (preproc_arg)) @definition.macro
(preproc_function_def name: (identifier) @name) @definition.macro

; References: what is called, and named as a type.
(call_expression function: (identifier) @reference)
(call_expression function: (field_expression field: (field_identifier) @reference))
(parameter_declaration type: (type_identifier) @reference)
(field_declaration type: (type_identifier) @reference)
(declaration type: (type_identifier) @reference)
(function_definition type: (type_identifier) @reference)
(type_descriptor type: (type_identifier) @reference)
(struct_specifier name: (type_identifier) @reference !body)

; Imports.
(preproc_include path: (string_literal (string_content) @import))
(preproc_include path: (system_lib_string) @import)
