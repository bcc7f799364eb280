; Definitions. What is set in a table belongs to the table.
(function_declaration name: (identifier) @name) @definition.function
(function_declaration name: (dot_index_expression table: (_) @container field: (identifier) @name)) @definition.function
(function_declaration name: (method_index_expression table: (_) @container method: (identifier) @name))
  @definition.method
(assignment_statement (variable_list . name: (identifier) @name)
  (expression_list . value: (function_definition) @body_of)) @definition.function
(assignment_statement (variable_list . name: (dot_index_expression table: (_) @container field: (identifier) @name))
  (expression_list . value: (function_definition) @body_of)) @definition.function
(variable_declaration (assignment_statement (variable_list . name: (identifier) @name)
  (expression_list . value: (function_definition) @body_of))) @definition.function
(field name: (identifier) @name value: (function_definition) @body_of) @definition.method
(chunk (variable_declaration (assignment_statement (variable_list . name: (identifier) @name)
  (expression_list . value: [(table_constructor) (string) (number) (true) (false)]))) @definition.constant)
(chunk (assignment_statement (variable_list . name: (identifier) @name)
  (expression_list . value: [(table_constructor) (string) (number) (true) (false)])) @definition.constant)
(chunk (assignment_statement (variable_list . name:
    (dot_index_expression table: (identifier) @container field: (identifier) @name))
  (expression_list . value: [(table_constructor) (string) (number) (true) (false)])) @definition.constant)

; References: what is called.
(function_call name: (identifier) @reference)
(function_call name: (dot_index_expression field: (identifier) @reference))
(function_call name: (method_index_expression method: (identifier) @reference))

; Imports.
(function_call name: (identifier) @import.function
  arguments: (arguments . (string content: (string_content) @import)))
