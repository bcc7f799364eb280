; What is C++'s alone: the rest is in c_family.scm. A template is the outer node, as its head belongs to it.
(template_declaration (function_definition declarator: (_) @declarator) @body_of) @definition.function
(template_declaration (declaration declarator: (_) @declarator) @body_of) @definition.function
(field_declaration_list (declaration declarator: (_) @declarator) @definition.function)
(field_declaration declarator: (_) @declarator) @definition.function
(class_specifier name: (type_identifier) @name body: (_)) @definition.class
(class_specifier name: (template_type name: (type_identifier) @name) body: (_)) @definition.class
(struct_specifier name: (template_type name: (type_identifier) @name) body: (_)) @definition.class
(class_specifier name: (qualified_identifier scope: (namespace_identifier) @container name: (type_identifier) @name)
  body: (_)) @definition.class
(struct_specifier name: (qualified_identifier scope: (namespace_identifier) @container name: (type_identifier) @name)
  body: (_)) @definition.class
(template_declaration (class_specifier name: (type_identifier) @name body: (_)) @body_of) @definition.class
(template_declaration (struct_specifier name: (type_identifier) @name body: (_)) @body_of) @definition.class
(alias_declaration name: (type_identifier) @name) @definition.type
(template_declaration (alias_declaration name: (type_identifier) @name) @body_of) @definition.type
(concept_definition name: (identifier) @name) @definition.type
(namespace_definition name: [(namespace_identifier) (nested_namespace_specifier)] @name) @definition.module

; A macro between `class` and its name makes the class look like a function that returns a class.
(function_definition type: (class_specifier !body) declarator: (identifier) @name) @definition.class
(function_definition type: (struct_specifier !body) declarator: (identifier) @name) @definition.class
(function_definition type: (class_specifier !body) declarator: (identifier)
  body: (compound_statement (declaration declarator: (_) @declarator) @definition.function))

; References: what is called, made, derived from, and named as a type.
(qualified_identifier name: (identifier) @reference)
(qualified_identifier name: (type_identifier) @reference)
(template_function name: (identifier) @reference)
(template_method name: (field_identifier) @reference)
(template_type name: (type_identifier) @reference)
(new_expression type: (type_identifier) @reference)
(base_class_clause (type_identifier) @reference)
(optional_parameter_declaration type: (type_identifier) @reference)
