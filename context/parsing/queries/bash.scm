; Definitions.
(function_definition name: (word) @name) @definition.function
(program (variable_assignment name: (variable_name) @name) @definition.constant)
(program (declaration_command (variable_assignment name: (variable_name) @name)) @definition.constant)

; References: what is called.
(command name: (command_name (word) @reference))

; Imports.
(command name: (command_name (word) @import.function) . argument: [(word) (concatenation)] @import)
(command name: (command_name (word) @import.function) . argument: (string) @import)
(command name: (command_name (word) @import.function) . argument: (raw_string) @import)
