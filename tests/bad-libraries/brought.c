/* A library that others bring along: FUNCTION answers 42, or what NEXT answers. */
#ifdef NEXT
int NEXT(void);
int FUNCTION(void) { return NEXT(); }
#else
#ifndef ANSWER
#define ANSWER 42
#endif
int FUNCTION(void) { return ANSWER; }
#endif
