"""How does this project name, document and test things near a place?"""
