"""Forms: fields put together as a schema says, with their errors by place."""
