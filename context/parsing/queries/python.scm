; Definitions: the outer node of a decorated one, so that its decorators belong to it.
(decorated_definition definition: (function_definition name: (identifier) @name) @body_of) @definition.function
(function_definition name: (identifier) @name) @definition.function
(decorated_definition definition: (class_definition name: (identifier) @name) @body_of) @definition.class
(class_definition name: (identifier) @name) @definition.class
(module (expression_statement (assignment left: (identifier) @name)) @definition.constant)
(class_definition body: (block (expression_statement (assignment left: (identifier) @name)) @definition.field))
(module (type_alias_statement left: (type (identifier) @name)) @definition.type)

; References: what is called, imported, derived from, decorated with, annotated with.
(call function: (identifier) @reference)
(call function: (attribute attribute: (identifier) @reference))
(import_statement name: (dotted_name (identifier) @reference))
(import_from_statement module_name: (dotted_name (identifier) @reference))
(import_from_statement name: (dotted_name (identifier) @reference))
(aliased_import name: (dotted_name (identifier) @reference))
(class_definition superclasses: (argument_list (identifier) @reference))
(class_definition superclasses: (argument_list (attribute attribute: (identifier) @reference)))
(decorator (identifier) @reference)
(decorator (attribute attribute: (identifier) @reference))
(type (identifier) @reference)

; Imports.
(import_statement name: (dotted_name) @import)
(import_statement name: (aliased_import name: (dotted_name) @import))
(import_from_statement module_name: (_) @import.module name: (dotted_name) @import)
(import_from_statement module_name: (_) @import.module name: (aliased_import name: (dotted_name) @import))
(import_from_statement module_name: (_) @import (wildcard_import))
