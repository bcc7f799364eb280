; Definitions.
(module name: (constant) @name) @definition.module
(module name: (scope_resolution scope: (_) @container name: (constant) @name)) @definition.module
(class name: (constant) @name) @definition.class
(class name: (scope_resolution scope: (_) @container name: (constant) @name)) @definition.class
(method name: (_) @name) @definition.function
(singleton_method object: (self) name: (_) @name) @definition.method
(singleton_method object: (constant) @container name: (_) @name) @definition.method
(alias name: (identifier) @name) @definition.method
(program (assignment left: (constant) @name) @definition.constant)
(body_statement (assignment left: (constant) @name) @definition.constant)

; References: what is called, derived from, mixed in, and named as a constant.
(call method: (identifier) @reference)
(call method: (constant) @reference)
(superclass (constant) @reference)
(superclass (scope_resolution name: (constant) @reference))
(call receiver: (constant) @reference)
(call receiver: (scope_resolution name: (constant) @reference))
(argument_list (constant) @reference)
(argument_list (scope_resolution name: (constant) @reference))
(rescue (exceptions (constant) @reference))

; Imports.
(call !receiver method: (identifier) @import.function
  arguments: (argument_list . (string . (string_content) @import .)))
