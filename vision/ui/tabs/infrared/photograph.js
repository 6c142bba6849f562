share => document.body.style.setProperty('--infrared-photograph', share)
