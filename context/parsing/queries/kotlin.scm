; Definitions. An extension belongs to the type that it extends.
(class_declaration "class" name: (identifier) @name) @definition.class
(class_declaration "interface" name: (identifier) @name) @definition.interface
(object_declaration name: (identifier) @name) @definition.class
(companion_object name: (identifier) @name) @definition.class
(function_declaration . name: (identifier) @name) @definition.function
(function_declaration (modifiers) . name: (identifier) @name) @definition.function
(function_declaration (type_parameters) . name: (identifier) @name) @definition.function
(function_declaration (user_type (identifier) @container .) . name: (identifier) @name) @definition.function
(function_declaration (user_type (identifier) @container . (type_arguments)) . name: (identifier) @name)
  @definition.function
(function_declaration (nullable_type (user_type (identifier) @container .)) . name: (identifier) @name)
  @definition.function
(function_declaration name: (identifier) @name) @definition.function
(enum_entry (identifier) @name) @definition.constant
(source_file (property_declaration (variable_declaration (identifier) @name)) @definition.constant)
(class_body (property_declaration (variable_declaration (identifier) @name)) @definition.field)
(class_parameter ["val" "var"] (identifier) @name) @definition.field
(type_alias type: (identifier) @name) @definition.type

; References: what is called, derived from, and named as a type.
(call_expression . (identifier) @reference)
(call_expression . (navigation_expression (identifier) @reference .))
(call_expression . (navigation_expression . (identifier) @reference))
(user_type (identifier) @reference)
(import (qualified_identifier (identifier) @reference .))

; Imports.
(import (qualified_identifier) @import)
