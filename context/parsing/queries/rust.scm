; Definitions.
(function_item name: (identifier) @name) @definition.function
(function_signature_item name: (identifier) @name) @definition.function
(struct_item name: (type_identifier) @name) @definition.class
(union_item name: (type_identifier) @name) @definition.class
(enum_item name: (type_identifier) @name) @definition.enum
(trait_item name: (type_identifier) @name) @definition.interface
(type_item name: (type_identifier) @name) @definition.type
(mod_item name: (identifier) @name body: (declaration_list)) @definition.module
(const_item name: (identifier) @name) @definition.constant
(static_item name: (identifier) @name) @definition.constant
(macro_definition name: (identifier) @name) @definition.macro
(impl_item type: (type_identifier) @name body: (declaration_list)) @definition.implementation
(impl_item type: (generic_type type: (type_identifier) @name) body: (declaration_list)) @definition.implementation

; References: what is called, used and named as a type.
(call_expression function: (identifier) @reference)
(call_expression function: (field_expression field: (field_identifier) @reference))
(call_expression function: (scoped_identifier name: (identifier) @reference))
(macro_invocation macro: (identifier) @reference)
(use_declaration argument: (identifier) @reference)
(use_declaration argument: (scoped_identifier name: (identifier) @reference))
(use_list (identifier) @reference)
(use_list (scoped_identifier name: (identifier) @reference))
(use_as_clause path: (scoped_identifier name: (identifier) @reference))
(struct_expression name: (type_identifier) @reference)
(parameter type: (type_identifier) @reference)
(parameter type: (reference_type type: (type_identifier) @reference))
(field_declaration type: (type_identifier) @reference)
(type_arguments (type_identifier) @reference)
(impl_item trait: (type_identifier) @reference)

; Imports: what is used, and the modules that stand in files of their own.
(use_declaration argument: [(identifier) (scoped_identifier) (scoped_use_list) (use_list) (use_wildcard)] @import)
(use_declaration argument: (use_as_clause path: (_) @import))
(mod_item name: (identifier) @import !body)
(extern_crate_declaration name: (identifier) @import)
